// node follow.mjs URL: prints each event as one line of JSON, and {"stopped":true} once the EventSource has given up.
import { EventSource } from "eventsource";

const source = new EventSource(process.argv[2]);
const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");
for (const name of ["status", "progress", "complete", "reset", "gone", "message"]) {
  source.addEventListener(name, (event) => {
    print({ name: event.type, id: event.lastEventId, data: event.data });
  });
}
source.addEventListener("error", () => {
  if (source.readyState === EventSource.CLOSED) {
    print({ stopped: true });
  }
});
