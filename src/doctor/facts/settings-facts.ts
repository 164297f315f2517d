import { readFileSync } from 'node:fs';
import { type Environment, readConfig } from '../../config/config.ts';
import { messageOf } from '../../domain/errors.ts';
import { RELAY_CONF_DEFAULTS } from '../../turn/conf/relay-conf.ts';
import { parseTurnserverConf } from '../../turn/conf/turnserver-conf.ts';
import type { RelayFacts, SettingsFacts } from './facts.ts';

export function readSettings(environment: Environment): SettingsFacts {
  const faults: string[] = [];
  let left = environment;
  // Each round leaves out at least one variable.
  for (;;) {
    try {
      return { config: readConfig(left, (path) => readFileSync(path, 'utf8')), faults };
    } catch (thrown) {
      const found = messageOf(thrown).split('\n');
      faults.push(...found);
      const wrong = new Set(found.flatMap((fault) => fault.match(/\b[A-Z][A-Z0-9_]{2,}\b/g) ?? []));
      const rest = Object.entries(left).filter(([name]) => !wrong.has(name));
      left = rest.length < Object.keys(left).length ? Object.fromEntries(rest) : {};
    }
  }
}

export function readRelaySettings(path: string): RelayFacts {
  const faults: string[] = [];
  const { text, isFile, fault: unreadable } = readText(path);
  if (unreadable !== undefined) faults.push(unreadable);
  let left = text;
  // Each round leaves out at least one line.
  for (;;) {
    try {
      const { conf, warnings } = parseTurnserverConf(left, path);
      const said = warnings.map(({ line, message }) => `${path}:${line}: ${message}`);
      const isUnknown = (note: string) => note.includes(': unknown setting ');
      faults.push(...said.filter(isUnknown));
      return { conf, path, isFile, faults, notes: said.filter((note) => !isUnknown(note)) };
    } catch (thrown) {
      const fault = messageOf(thrown);
      faults.push(fault);
      const at = fault.startsWith(`${path}:`) ? /^:(\d+):/.exec(fault.slice(path.length))?.[1] : undefined;
      const isWrong = at === undefined ? namesKey(fault) : (_: string, line: number) => line === Number(at);
      const without = left
        .split(/\r?\n/)
        .map((content, index) => (isWrong(content, index + 1) ? '' : content))
        .join('\n');
      if (without === left) return { conf: RELAY_CONF_DEFAULTS, path, isFile, faults, notes: [] };
      left = without;
    }
  }
}

function readText(path: string): { text: string; isFile: boolean; fault?: string } {
  try {
    return { text: readFileSync(path, 'utf8'), isFile: true };
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT') return { text: '', isFile: false };
    const fault = `${path} can't be read (${code}): check TURN_CONFIG and the file's permissions`;
    return { text: '', isFile: false, fault };
  }
}

/** Whether a line sets one of the keys that a fault of the whole file names. */
function namesKey(fault: string): (content: string) => boolean {
  const named = new Set(fault.match(/[a-z][a-z-]+/g));
  return (content) => named.has(/^\s*([^\s=#]+)/.exec(content)?.[1] ?? '');
}
