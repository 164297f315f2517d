import { networkInterfaces } from 'node:os';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { examine } from '../doctor/doctor.ts';
import type { DoctorMachine } from '../doctor/facts/facts.ts';
import { report } from '../doctor/report.ts';
import { systemClock } from '../lib/clock.ts';
import { descriptorLimit } from '../lib/descriptors.ts';
import { inspectDatabase, noteSetting, peekSetting } from '../store/sqlite/inspect.ts';
import type { Command } from './command.ts';
import { print } from './terminal.ts';

const EXIT_CODES = { ok: 0, warn: 1, fail: 2 } as const;
const Report = v.object({ header: v.object({ glibcVersionRuntime: v.optional(v.string()) }) });

/** Looks for what keeps calls from working, with a running server or without one. */
export const command: Command = {
  help: `  parley doctor [--json]
      look for what keeps calls from working, with a running server or without one; exits with 0 if all
      is well, 1 at a warning, 2 at a failure`,

  async run(argv, environment) {
    const { values } = parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean', default: false }, domain: { type: 'string' } },
    });
    const { json, domain } = values;
    const { stderr } = process;
    const examination = await examine({
      environment: domain === undefined ? environment : { ...environment, DOMAIN: domain },
      clock: systemClock,
      machine: thisMachine(),
      database: { inspect: inspectDatabase, peek: peekSetting, note: noteSetting },
      progress: (done, all) => {
        if (stderr.isTTY) stderr.write(done === all ? '\r\x1b[K' : `\rexamining: ${done} of ${all} `);
      },
    });
    print(json ? JSON.stringify(examination) : report(examination));
    return EXIT_CODES[examination.status];
  },
};

function thisMachine(): DoctorMachine {
  const header = v.safeParse(Report, process.report?.getReport());
  return {
    interfaces: networkInterfaces,
    descriptors: descriptorLimit(),
    nodeVersion: process.versions.node,
    glibcVersion: header.success ? header.output.header.glibcVersionRuntime : undefined,
    userId: process.getuid?.(),
  };
}
