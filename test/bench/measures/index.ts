import { chat } from './chat.ts';
import { connects } from './connects.ts';
import { latency } from './latency.ts';
import type { Measure } from './measure.ts';
import { memory } from './memory.ts';
import { relay } from './relay.ts';
import { restart } from './restart.ts';
import { setup } from './setup.ts';
import { signIns } from './sign-ins.ts';
import { startup } from './startup.ts';
import { storm } from './storm.ts';

export const measures = {
  setup,
  relay,
  latency,
  chat,
  connects,
  storm,
  memory,
  restart,
  startup,
  'sign-ins': signIns,
} as const satisfies Readonly<Record<string, Measure>>;
export type MeasureName = keyof typeof measures;
