// Photographs for the tests: those of the sample stall.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const dir = fileURLToPath(
  new URL("../../../assets/sample/photos", import.meta.url),
);

/** The first `n` photographs, by name. */
export function photos(n) {
  return readdirSync(dir)
    .filter((f) => f.endsWith(".jpg"))
    .sort()
    .slice(0, n)
    .map((f) => join(dir, f));
}

/** Hands a photograph of the sample stall over; gives its id. */
export async function stage(app, name) {
  const res = await fetch(
    `${app.origin}/api/files.put?name=${encodeURIComponent(name)}`,
    {
      method: "POST",
      headers: {
        authorization: `Bearer ${app.token}`,
        "content-type": "application/octet-stream",
      },
      body: readFileSync(join(dir, name)),
    },
  );
  const body = await res.json();
  if (!res.ok) throw new Error(`files.put: ${JSON.stringify(body)}`);
  return body.id;
}
