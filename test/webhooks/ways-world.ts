import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { Database } from '../../src/store/sqlite/driver.ts';
import { ask, minted } from '../over-the-wire/hosting.ts';
import { type Guest, startStage } from '../over-the-wire/stage.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords, SECRET as JWT_SECRET } from '../support/server/accounts.ts';
import { until } from '../support/until.ts';
import { SECRET, startReceiver, told } from './receiver.ts';

export const RESUME_WINDOW_MS = 20_000;

/** A server with an endpoint, Ann, who owns a room, Ben, and a backend. */
export async function openWorld() {
  const receiver = await startReceiver();
  // Receivers take no event whose time is not about now.
  const clock = new FakeClock(Date.now());
  const settings = { WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET, JWT_SECRET };
  const environment = { ...settings, RESUME_WINDOW_MS: String(RESUME_WINDOW_MS) };
  const stage = await startStage(environment, { clock, passwords: cheapPasswords() });
  const [ann, ben] = [await stage.guest('Ann'), await stage.guest('Ben')];
  const service = await minted(stage, { sub: 'backend', role: 'service' });
  const call = async (who: Guest, method: string, path: string, body?: object) => {
    const reply = await ask(stage, method, path, who, body);
    const text = await reply.text();
    expect([200, 201, 202, 204], `${method} ${path}: ${text}`).toContain(reply.status);
    return text === '' ? {} : JSON.parse(text);
  };
  const open = async (body: object = {}): Promise<string> =>
    (await call(ann, 'POST', '/rooms', body)).room.id;
  const database = new Database(stage.server.config.databasePath, { readonly: true });
  onTestFinished(() => void database.close());
  const waiting = database
    .prepare<[], number>("SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting'")
    .pluck();
  /** Lets time go by once all is delivered, also for timers that are set meanwhile. */
  const pass = async (ms: number): Promise<void> => {
    await until(() => waiting.get() === 0);
    clock.advance(ms - 1_000);
    await turn();
    clock.advance(1_000);
  };
  /** What has been told of a room once it is closed. */
  const story = async (roomId: string): Promise<string[]> => {
    const ofRoom = () => told(receiver).filter((event) => event.roomId === roomId);
    await until(() => ofRoom().at(-1)?.type === 'room.closed');
    return ofRoom().map(({ type, displayName, reason, participants, room }) =>
      [type.replace('participant.', ''), displayName, reason, participants ?? room?.name]
        .filter((word) => word != null)
        .join(' '),
    );
  };
  return { clock, pass, receiver, stage, ann, ben, service, call, open, story };
}
export type World = Awaited<ReturnType<typeof openWorld>>;
