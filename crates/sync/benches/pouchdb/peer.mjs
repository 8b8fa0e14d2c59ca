// PouchDB as the peer of a first sync: `node peer.mjs DOCS FOLDER` replicates the documents of DOCS (a line of JSON each) from
// an express-pouchdb server in a process of its own into an empty database, over loopback. Prints one line of JSON.
import { fork } from "node:child_process";
import { createReadStream, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

import PouchDB from "pouchdb";

const SERVE = "--serve";
// Its own default, and larger batches, which are better where the line is quick.
const BATCHES = [100, 1000];

const [first, second, third] = process.argv.slice(2);
await (first === SERVE ? serve(second, third) : measure(first, second));

/** Fills a database and serves it; tells the parent where. */
async function serve(docs, folder) {
  const { default: express } = await import("express");
  const { default: pouchApp } = await import("express-pouchdb");
  const Served = PouchDB.defaults({ prefix: `${folder}/` });
  const app = express();
  app.use(
    pouchApp(Served, {
      mode: "minimumForPouchDB",
      inMemoryConfig: true,
      logPath: join(folder, "log.txt"),
    }),
  );
  const db = new Served("stall");
  let some = [];
  const put = async () => {
    for (const r of await db.bulkDocs(some)) if (r.error) throw new Error(JSON.stringify(r));
    some = [];
  };
  for await (const line of createInterface({ input: createReadStream(docs) })) {
    if (some.push(JSON.parse(line)) === 1000) await put();
  }
  await put();
  const { doc_count } = await db.info();
  const server = app.listen(0, "127.0.0.1", () => process.send({ port: server.address().port, docs: doc_count }));
  process.on("disconnect", () => process.exit(0));
}

/** Replicates once for every size of batch, each into an empty database. */
async function measure(docs, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "server"), { recursive: true });
  const server = fork(process.argv[1], [SERVE, docs, join(folder, "server")]);
  const { port, docs: count } = await new Promise((resolve, reject) => {
    server.once("message", resolve);
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const runs = [];
  for (const batch of BATCHES) {
    const local = new PouchDB(join(folder, `laptop-${batch}`));
    // Opened before the clock starts, as our store is.
    await local.info();
    const from = performance.now();
    const done = await PouchDB.replicate(`http://127.0.0.1:${port}/stall`, local, { batch_size: batch });
    const seconds = (performance.now() - from) / 1000;
    const { doc_count } = await local.info();
    if (!done.ok || doc_count !== count) throw new Error(`${doc_count} of ${count} came: ${JSON.stringify(done)}`);
    runs.push({ batch, seconds, docs: doc_count });
    await local.close();
  }
  server.removeAllListeners("exit");
  server.disconnect();
  const version = createRequire(import.meta.url)("pouchdb/package.json").version;
  console.log(JSON.stringify({ version, node: process.version, docs: count, runs }));
}
