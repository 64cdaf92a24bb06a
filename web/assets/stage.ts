// The stage page.
import "./base.js";
