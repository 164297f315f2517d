import { untilReady } from '../parley.ts';
import { startServer } from '../process.ts';
import { medians } from '../stats.ts';
import { subjects } from '../subjects.ts';
import { alternating, type Measure } from './measure.ts';

/** Time from the start of the process, with a new database, until it accepts a connection. */
export const startup: Measure = async (context) => {
  const names = context.subjects.filter((name) => name !== 'parley-acked');
  const runs = await alternating({ ...context, subjects: names }, 'startup', async (name) => {
    const began = performance.now();
    const server = await startServer(subjects[name]);
    try {
      const readyMs = name === 'parley' ? await untilReady(server.port, began) : server.startMs;
      return { startMs: server.startMs, readyMs };
    } finally {
      await server.close();
    }
  });
  const middle = new Map([...runs].map(([name, list]) => [name, medians(list)]));
  return {
    title: 'start-up',
    head: ['server', 'ms to listen', 'ms to ready'],
    rows: [...middle].map(([name, run]) => [name, Math.round(run.startMs), Math.round(run.readyMs)]),
    notes: [],
    figures: { medians: Object.fromEntries(middle), runs: Object.fromEntries(runs) },
  };
};
