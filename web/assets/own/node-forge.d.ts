// The parts of node-forge that are loaded one by one; the package's types describe the whole.
declare module "node-forge/lib/forge.js" {
  import forge from "node-forge";
  export default forge;
}
declare module "node-forge/lib/pkcs12.js";
declare module "node-forge/lib/sha256.js";
declare module "node-forge/lib/sha512.js";
