import { setTimeout as pause } from 'node:timers/promises';
import { type Random, seededRandom } from '../../src/load/random.ts';
import { now, type Outcome, type Run, type Scenario, within } from './chaos.ts';
import { Crowd } from './crowd.ts';
import { ChaosProxy, ROUGH } from './proxy.ts';
import { ServerProcess } from './server-process.ts';

const ROOMS = 50;
const PER_ROOM = 4;
const LEAST_MESSAGES = 100_000;
const LEAST_CUTS = 1_000;
/** Share of the run by which cuts may be ahead of messages. */
const LEAD = 0.05;
/** Max messages in a burst of a session, and max milliseconds to the next burst. */
const BURST = 20;
const PAUSE_MS = 400;
/** Share of bursts at which a member does something besides calls. */
const BESIDES = 0.3;
/** Milliseconds for all of it on a busy machine, and for the last messages to arrive. */
const TALK_MS = 240_000;
const SETTLE_MS = 60_000;

/** Limits under which every session can resume, and none is slowed down. */
const GENEROUS = {
  RESUME_WINDOW_MS: '120000',
  KEPT_MESSAGES: '100000',
  KEPT_BYTES: '67108864',
  MESSAGES_PER_SECOND: '100000',
  MESSAGE_BURST: '100000',
};

/** 200 sessions on a network that breaks all the time: no message is lost, repeated, or out of order [SE3]. */
export const deliveryThroughCuts: Scenario = (run) => delivery(run, 0);

/** The same, with three restarts of the server [SE8]. */
export const deliveryThroughRestarts: Scenario = (run) => delivery(run, 3);

async function delivery(run: Run, restarts: number): Promise<Outcome> {
  const random = seededRandom(run.seed);
  const server = await ServerProcess.start(GENEROUS);
  let crowd: Crowd | undefined;
  const proxy = await ChaosProxy.start({
    targetPort: server.port,
    random,
    faults: ROUGH,
    // So that messages pass between the cuts, even on a slow machine.
    mayCut: () => proxy.cuts / LEAST_CUTS <= (crowd?.ledger.sent ?? 0) / LEAST_MESSAGES + LEAD,
  });
  try {
    crowd = await Crowd.gather({
      url: server.url,
      wsUrl: `ws://127.0.0.1:${proxy.port}`,
      rooms: ROOMS,
      perRoom: PER_ROOM,
      random,
    });
    const began = now();
    await talkThrough(run, { crowd, proxy, server, random, restarts });
    proxy.calm();
    const faults = await crowd.account(SETTLE_MS);
    return outcome({ crowd, proxy, server, restarts, faults, seconds: (now() - began) / 1_000 });
  } finally {
    crowd?.close();
    await proxy.close();
    await server.close();
  }
}

interface Scene {
  readonly crowd: Crowd;
  readonly proxy: ChaosProxy;
  readonly server: ServerProcess;
  readonly restarts: number;
}

/** Runs until there were enough messages, cuts and minutes, and spreads the restarts over that time. */
async function talkThrough(run: Run, scene: Scene & { readonly random: Random }): Promise<void> {
  const { crowd, proxy, server, random, restarts } = scene;
  const { ledger } = crowd;
  const began = now();
  const done = (): number => {
    const time = run.minutes > 0 ? (now() - began) / (run.minutes * 60_000) : 1;
    return Math.min(time, ledger.sent / LEAST_MESSAGES, proxy.cuts / LEAST_CUTS);
  };
  let restarted = 0;
  const over = new AbortController();
  const restart = async (): Promise<void> => {
    for (; restarted < restarts; restarted++) {
      while (done() < (restarted + 1) / (restarts + 1)) await pause(50, undefined, over);
      run.tell(`restart ${restarted + 1}`);
      await server.restart();
    }
  };
  const progress = setInterval(() => {
    run.tell(`${ledger.sent} sent, ${ledger.arrived} arrived, ${proxy.cuts} cuts`);
  }, 5_000);
  const enough = () => done() >= 1 && restarted === restarts;
  try {
    const talk = crowd.talk({ enough, most: BURST, pauseMs: PAUSE_MS, random, besides: BESIDES });
    await within(TALK_MS + run.minutes * 60_000, 'the talk', Promise.all([talk, restart()]));
  } finally {
    clearInterval(progress);
    over.abort();
  }
}

interface End extends Scene {
  readonly faults: readonly string[];
  readonly seconds: number;
}

function outcome({ crowd, proxy, server, restarts, faults, seconds }: End): Outcome {
  const { ledger, besides, members, problems } = crowd;
  return {
    figures: {
      sessions: members.length,
      messages: ledger.sent,
      arrived: ledger.arrived,
      'besides calls': besides.sent,
      heard: besides.arrived,
      ...crowd.figures,
      cuts: proxy.cuts,
      restarts,
      resumed: crowd.sum('resumed'),
      'not resumed': crowd.sum('renewed'),
      seconds: Math.round(seconds),
    },
    violations: [
      ...faults,
      ...problems,
      ...server.complaints,
      ...members.filter(({ renewed }) => renewed > 0).map(({ name }) => `${name} was not resumed`),
    ],
  };
}
