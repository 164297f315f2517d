import { spawn } from 'node:child_process';
import * as v from 'valibot';
import type { Environment } from '../../../src/config/config.ts';
import { STATUSES } from '../../../src/doctor/line.ts';
import { BUILT } from '../server/built.ts';

const DoctorLine = v.strictObject({
  id: v.string(),
  status: v.picklist(STATUSES),
  tried: v.string(),
  result: v.string(),
  todo: v.string(),
});
const Report = v.strictObject({
  status: v.picklist(['ok', 'warn', 'fail']),
  lines: v.array(DoctorLine),
});
export type DoctorLine = v.InferOutput<typeof DoctorLine>;

export interface Diagnosis {
  readonly code: number | null;
  readonly status: string;
  readonly lines: readonly DoctorLine[];
  /** Those with a warning or a failure, as `id: status`. */
  readonly troubles: readonly string[];
  line(id: string): DoctorLine;
}

type Within = (command: string, ...args: string[]) => readonly [command: string, args: readonly string[]];

/** Runs the built `parley doctor --json` in a process of its own. */
export async function runDoctor(
  environment: Environment,
  within: Within = (command, ...args) => [command, args],
): Promise<Diagnosis> {
  const { code, out, err } = await runText(environment, ['--json'], within);
  let json: unknown;
  try {
    json = JSON.parse(out);
  } catch {
    throw new Error(`the doctor printed no JSON (${code}): ${out}${err}`);
  }
  return diagnosisOf(code, v.parse(Report, json));
}

export function diagnosisOf(
  code: number | null,
  { status, lines }: { readonly status: string; readonly lines: readonly DoctorLine[] },
): Diagnosis {
  return {
    code,
    status,
    lines,
    troubles: lines
      .filter((line) => line.status === 'warn' || line.status === 'fail')
      .map((line) => `${line.id}: ${line.status}`),
    line(id) {
      const found = lines.find((line) => line.id === id);
      if (found === undefined) throw new Error(`no line ${id}`);
      return found;
    },
  };
}

/** Runs the built `parley doctor` to its end. */
export function runText(
  environment: Environment,
  argv: readonly string[] = [],
  within: Within = (command, ...args) => [command, args],
): Promise<{ code: number | null; out: string; err: string }> {
  const [command, args] = within(process.execPath, BUILT, 'doctor', ...argv);
  const { PATH } = process.env;
  const child = spawn(command, args, { env: { PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => done({ code, out, err }));
  });
}
