import { loadavg } from 'node:os';
import * as v from 'valibot';
import { median, rounded } from '../stats.ts';
import { type Measure, type Scene, withScene } from './measure.ts';

/** Tries of each kind whose time is taken. */
const TRIES = 200;
const QUICK_TRIES = 8;
/** Tries at one account: fewer than those after which answers are delayed [AC2]. */
const TRIES_PER_ACCOUNT = 8;
const WRONG_PASSWORDS = 1_000;
const QUICK_WRONG_PASSWORDS = 50;
const SESSIONS = 1_000;
const QUICK_SESSIONS = 100;
/** Messages a second meanwhile. */
const RATE = 2_000;
const SECONDS = 20;
const QUICK_SECONDS = 2;

const Answer = v.object({ code: v.string() });

/**
 * What passwords cost: the time of a refusal for an unknown e-mail address and for a wrong password, in turns; and how late
 * messages arrive while wrong passwords come in. The server has one core for hashes and messages together.
 */
export const signIns: Measure = async ({ quick, tell }) => {
  const sessions = quick ? QUICK_SESSIONS : SESSIONS;
  return withScene('parley', sessions, 2, async (scene) => {
    const tries = quick ? QUICK_TRIES : TRIES;
    tell(`sign-ins: ${tries} unknown addresses and ${tries} wrong passwords, in turns`);
    const times = await refusalTimes(scene, tries);
    const { failed } = await scene.flood.connect(0, sessions, 64);
    if (failed > 0) throw new Error(`${failed} of ${sessions} connections failed`);
    tell('sign-ins: messages alone, then with wrong passwords, then alone');
    const seconds = quick ? QUICK_SECONDS : SECONDS;
    const wrongPasswords = quick ? QUICK_WRONG_PASSWORDS : WRONG_PASSWORDS;
    const before = await scene.flood.rate(1, seconds, RATE);
    const [during, answers] = await Promise.all([
      scene.flood.rate(0, seconds, RATE),
      guess(scene, wrongPasswords, seconds),
    ]);
    const after = await scene.flood.rate(1, seconds, RATE);
    const ms = (ns: number): number => rounded(ns / 1e6, 2);
    const row = (name: string, { p50Ns, p99Ns, lost }: typeof before) => [name, ms(p50Ns), ms(p99Ns), lost];
    const codes = Object.entries(answers).map(([code, count]) => `${count} ${code}`);
    return {
      title: `messages at ${RATE.toLocaleString('en-US')} a second beside ${wrongPasswords.toLocaleString('en-US')} wrong passwords, ms`,
      head: ['', 'p50', 'p99', 'lost'],
      rows: [row('before', before), row('meanwhile', during), row('after', after)],
      notes: [
        `refusals, medians of ${tries}: unknown address ${rounded(times.unknown, 1)} ms, wrong password ${rounded(times.wrong, 1)} ms`,
        `the wrong passwords got ${codes.join(', ')}`,
        `load average ${loadavg()
          .map((load) => rounded(load, 1))
          .join(' ')}`,
      ],
      figures: { times, before, during, after, answers, load: loadavg() },
    };
  });
};

/** Returns medians in milliseconds. */
async function refusalTimes(scene: Scene, tries: number) {
  const unknown: number[] = [];
  const wrong: number[] = [];
  for (let n = 0; n < tries; n += 1) {
    const account = Math.floor(n / TRIES_PER_ACCOUNT);
    const email = `account-${account}@example.org`;
    if (n % TRIES_PER_ACCOUNT === 0)
      await post(scene, '/auth/register', { email, password: 'correct horse' });
    unknown.push(await refusalTime(scene, `nobody-${account}@example.org`));
    wrong.push(await refusalTime(scene, email));
  }
  return { unknown: median(unknown), wrong: median(wrong) };
}

async function refusalTime(scene: Scene, email: string): Promise<number> {
  const began = performance.now();
  const { status } = await post(scene, '/auth/login', { email, password: 'wrong' });
  if (status !== 401) throw new Error(`a wrong password was answered with ${status}`);
  return performance.now() - began;
}

/** Sends wrong passwords for many accounts, evenly over the seconds. Returns how often each code was answered. */
async function guess(scene: Scene, count: number, seconds: number): Promise<Record<string, number>> {
  const codes: string[] = [];
  const guesses = Array.from({ length: count }, async (_, n) => {
    await new Promise((due) => setTimeout(due, (n * seconds * 1_000) / count));
    const reply = await post(scene, '/auth/login', { email: `account-${n}@example.org`, password: 'wrong' });
    codes.push(v.parse(Answer, await reply.json()).code);
  });
  await Promise.all(guesses);
  const kinds = [...new Set(codes)];
  return Object.fromEntries(kinds.map((kind) => [kind, codes.filter((code) => code === kind).length]));
}

function post({ server }: Scene, path: string, body: object): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', body: JSON.stringify(body) });
}
