import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../src/load/random.ts';
import { now, type Outcome, type Run, within } from './chaos.ts';
import { Crowd } from './crowd.ts';
import type { Member } from './member.ts';
import { ServerProcess } from './server-process.ts';

const ROOMS = 25;
const PER_ROOM = 4;
/** Milliseconds for everybody to come back, and for the last messages to arrive. */
const BACK_MS = 60_000;
const SETTLE_MS = 30_000;
/** Milliseconds of talk before and after each kill. */
const TALK_MS = 3_000;
/** Share of bursts at which a member does something besides calls. */
const BESIDES = 0.5;

/**
 * SIGKILL leaves no snapshot: every client comes back by itself, with a new session, is told so, and joins its room
 * again. No message arrives twice or out of order, and after that none is lost. What was acknowledged of the chat is stored.
 */
export async function comingBackAfterKill(run: Run): Promise<Outcome> {
  const random = seededRandom(run.seed);
  const server = await ServerProcess.start({ MESSAGES_PER_SECOND: '1000', MESSAGE_BURST: '2000' });
  const violations: string[] = [];
  let crowd: Crowd | undefined;
  const began = now();
  let epoch = 0;
  let kills = 0;
  let messages = 0;
  try {
    crowd = await Crowd.gather({ ...server.addresses, rooms: ROOMS, perRoom: PER_ROOM, random });
    const { members } = crowd;
    do {
      crowd.begin(epoch++);
      const enough = after(TALK_MS * 2);
      const talk = crowd.talk({ enough, most: 10, pauseMs: 100, random, besides: BESIDES });
      await pause(TALK_MS);
      const back = Promise.all(members.map(comeBack));
      await server.kill();
      kills += 1;
      run.tell(`killed ${kills}, ${crowd.ledger.sent} sent`);
      await within(BACK_MS, 'coming back', back);
      await within(BACK_MS, 'the talk', talk);
      violations.push(...(await crowd.account(SETTLE_MS, { losses: true })));
      messages += crowd.ledger.sent;

      crowd.begin(epoch++);
      await crowd.talk({ enough: after(TALK_MS), most: 10, pauseMs: 100, random, besides: BESIDES });
      violations.push(...(await crowd.account(SETTLE_MS)));
      messages += crowd.ledger.sent;
    } while (now() - began < run.minutes * 60_000);
    return {
      figures: { sessions: members.length, kills, renewed: crowd.sum('renewed'), messages, ...crowd.figures },
      violations: [...violations, ...crowd.problems, ...server.complaints],
    };
  } finally {
    crowd?.close();
    await server.close();
  }
}

function after(ms: number): () => boolean {
  const end = now() + ms;
  return () => now() >= end;
}

/** Joins again when the session is a new one, as an application does. */
function comeBack(member: Member): Promise<void> {
  return new Promise((resolve, reject) => {
    const off = member.session.on('renewed', () => {
      off();
      member.enter().then(resolve, reject);
    });
  });
}
