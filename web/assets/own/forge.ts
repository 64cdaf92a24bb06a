// node-forge, its parts for .p12 files alone: it knows the old ciphers that WebCrypto leaves out (docs/decisions/0017).

import forge from "node-forge/lib/forge.js";
import "node-forge/lib/pkcs12.js";
import "node-forge/lib/sha256.js";
import "node-forge/lib/sha512.js";

export default forge;
