// The seat page.
import "./base.js";
