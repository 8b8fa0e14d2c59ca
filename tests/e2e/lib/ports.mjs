// Ports of this machine, for servers that a test starts itself.
import { connect, createServer } from "node:net";

/** One that nobody listens at. */
export const free = () => new Promise((resolve) => {
  const s = createServer().listen(0, "127.0.0.1", () => {
    const { port } = s.address();
    s.close(() => resolve(port));
  });
});

/** Whether somebody does. */
export const listens = (port) => new Promise((resolve) => {
  const s = connect(port, "127.0.0.1", () => { s.destroy(); resolve(true); }).on("error", () => resolve(false));
});
