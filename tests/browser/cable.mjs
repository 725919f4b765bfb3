// The cable between one person and the service. Cut, it ends what runs over it and takes nothing new, as a dead access point
// does; the browser's own switch leaves an event stream open that is open already.
import { connect, createServer } from "node:net";

export class Cable {
  constructor(base) {
    const { hostname, port } = new URL(base);
    this.ends = new Set();
    this.server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [end, other] of [[near, far], [far, near]]) {
        this.ends.add(end);
        end.on("error", () => {}); // a cut is what this is for
        end.on("close", () => { this.ends.delete(end); other.destroy(); });
        end.pipe(other);
      }
    });
  }

  async mend() {
    await new Promise((resolve) => { this.server.listen(this.port || 0, "127.0.0.1", resolve); });
    this.port = this.server.address().port;
    this.base = `http://127.0.0.1:${this.port}`;
  }

  async cut() {
    const closed = new Promise((resolve) => { this.server.close(resolve); });
    for (const end of this.ends) end.destroy();
    await closed;
  }
}
