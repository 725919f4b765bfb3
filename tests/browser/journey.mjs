// One meeting from its invitation to its signed minutes, as the people in it see it.
//   node tests/browser/journey.mjs http://127.0.0.1:8080 PASSWORD PIN OUTPUT-FOLDER [FOLDER-OF-PDFS]
// wants a running `ecabinet demo`; with ECABINET_DEMO_PID, its process, its clock is moved forward at the end; with
// ECABINET_PUSH_PORT and remote_hosts "push.example=127.0.0.1:PORT" a message is pushed; with ECABINET_JOURNEY_SIZES=tablet pages
// are looked at in that size only, in none if it is empty; with ECABINET_TEST_PICTURES=1 a picture of each is kept. Prints a line a
// step; pictures, the signed minutes and an issued document go to the output folder.
import { Stage, tablet } from "./stage.mjs";
import { finish } from "./after.mjs";
import { council } from "./council.mjs";
import { papers, wordInPapers } from "./papers.mjs";
import { prepare } from "./preparation.mjs";
import { plan } from "./planning.mjs";
import { gather, read, vote } from "./session.mjs";
import { votes } from "./votes.mjs";
import { secretVote } from "./secret.mjs";
import { check, sign, write } from "./minutes.mjs";
import { annotate } from "./reader.mjs";
import { proof } from "./layout.mjs";
import { outgoing } from "./outgoing.mjs";
import { copies } from "./copies.mjs";
import { answering } from "./answering.mjs";
import { returning } from "./returning.mjs";
import { room } from "./room.mjs";
import { files as workFiles } from "./files.mjs";
import { receive } from "./incoming.mjs";
import { tasks } from "./tasks.mjs";
import { slips } from "./slips.mjs";
import { later } from "./later.mjs";
import { notices } from "./notices.mjs";
import { push } from "./push.mjs";
import { indicators } from "./indicators.mjs";

const [address, password, pin, out, folder] = process.argv.slice(2);
if (!out) {
  console.error("usage: node journey.mjs URL PASSWORD PIN OUTPUT-FOLDER [FOLDER-OF-PDFS]");
  process.exit(2);
}

const sizes = process.env.ECABINET_JOURNEY_SIZES?.split(",").filter(Boolean);
const stage = new Stage({ base: new URL(address).origin, password, out, sizes });

await stage.play(journey);
console.log(process.exitCode ? "the journey failed" : `the journey is done in ${Math.round((Date.now() - stage.started) / 1000)} s`);

async function journey() {
  const files = papers(folder);
  await doors();
  await plan(stage);
  const { secretary, meeting } = await prepare(stage, files);
  const delegate = await read(stage, meeting, files, wordInPapers(folder));
  await annotate(stage, meeting, files[0]);
  await gather(stage, secretary, meeting);
  const chair = await vote(stage, meeting, delegate, files);
  await votes(stage, secretary, meeting);
  await secretVote(stage, meeting, chair, delegate);
  await write(stage, chair, secretary, meeting);
  await sign(stage, chair, secretary, meeting, pin);
  await check(stage, secretary);
  await finish(stage, secretary, chair, meeting, pin);
  await tasks(stage, secretary, chair, meeting);
  await slips(stage, secretary, files, pin);
  await notices(stage);
  await push(stage);
  await council(stage, pin);
  await proof(stage, secretary, files);
  await outgoing(stage, pin);
  await copies(stage, pin);
  await answering(stage, pin);
  await returning(stage, pin);
  await room(stage);
  await receive(stage);
  await workFiles(stage);
  await indicators(stage);
  await office();
  await later(stage);
}

// What stands open to everyone.
async function doors() {
  await stage.step("the doors: sign-in and the check of signatures", async () => {
    const stranger = await stage.person("visitor", { size: tablet });
    await stranger.goto("/");
    await stranger.look("sign-in");
    await stranger.goto("/verify");
    await stranger.look("verify");
    await stranger.context.close();
  });
}

// The pages of those who keep the office running.
async function office() {
  await stage.step("people, keys, jobs, the log, notices, the account", async () => {
    const admin = await stage.signedIn("quantri");
    for (const page of ["people", "people/import", "trust", "signing/keys", "jobs", "notices", "account"]) {
      await admin.goto(`/${page}`);
      await admin.look(page.replace("/", "-"));
    }
    const auditor = await stage.signedIn("luutru");
    await auditor.goto("/audit");
    await auditor.look("audit", { whole: false });
  });
}
