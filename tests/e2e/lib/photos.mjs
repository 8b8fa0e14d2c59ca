// Photographs for the tests: those of the sample stall.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const dir = fileURLToPath(new URL("../../../assets/sample/photos", import.meta.url));

/** The first `n` photographs, by name. */
export function photos(n) {
  return readdirSync(dir).filter((f) => f.endsWith(".jpg")).sort().slice(0, n).map((f) => join(dir, f));
}
