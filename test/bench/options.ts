import { parseArgs } from 'node:util';
import { type MeasureName, measures } from './measures/index.ts';
import { measureBeside, type SubjectName, subjectNames } from './subjects.ts';

export interface BenchOptions {
  readonly only: readonly MeasureName[];
  readonly subjects: readonly SubjectName[];
  /** Alternating runs of each server. */
  readonly runs: number;
  /** Small counts and one run, to check that the bench works. */
  readonly quick: boolean;
  /** File for the JSON; undefined: it isn't saved. */
  readonly json: string | undefined;
  /** Whether to write the tables into test/bench/README.md. */
  readonly write: boolean;
}

export const HELP = `npm run bench -- [flags]: Parley beside other servers that do the same work, on this machine

  --only LIST       of ${Object.keys(measures).join(', ')} (default: all)
  --subjects LIST   of ${subjectNames.join(', ')} (default: all)
  --before DIR      another built checkout, in turns with this one, as parley-before
  --runs N          alternating runs of each server (default 5)
  --json PATH       where the figures go as JSON
  --write           put the tables into test/bench/README.md
  --quick           small counts, one run: whether it works, not how fast

The server runs on core 0, the client (C, compiled by cc) on core 1. Leave the machine alone meanwhile.
`;

/** @throws Error with a message for the person at the terminal */
export function parseBenchOptions(argv: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      subjects: { type: 'string' },
      runs: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      before: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.before !== undefined) measureBeside(values.before);
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs takes a whole number; got "${values.runs}".`);
  return {
    only: chosen('only', values.only, Object.keys(measures) as MeasureName[]),
    subjects: chosen('subjects', values.subjects, subjectNames).filter(
      (name) => name !== 'parley-before' || values.before !== undefined,
    ),
    runs,
    quick: values.quick,
    json: values.json,
    write: values.write,
  };
}

function chosen<Name extends string>(
  flag: string,
  list: string | undefined,
  names: readonly Name[],
): readonly Name[] {
  if (list === undefined) return names;
  return list.split(',').map((word) => {
    const name = names.find((one) => one === word);
    if (name === undefined) throw new Error(`--${flag} takes of ${names.join(', ')}; got "${word}".`);
    return name;
  });
}
