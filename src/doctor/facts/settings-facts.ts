import { existsSync, readFileSync } from 'node:fs';
import { checkConfig, type Environment } from '../../config/config.ts';
import { systemClock } from '../../lib/clock.ts';
import { checkTurnserverConf } from '../../turn/conf/turnserver-conf.ts';
import { certificateFault } from '../../turn/thread/certificate-files.ts';
import type { RelayFacts, SettingsFacts } from './facts.ts';

/** Reads the variables; a wrong one counts as not set from then on. */
export function readSettings(environment: Environment): SettingsFacts {
  const faults: string[] = [];
  let left = environment;
  // Each round leaves out at least one variable.
  for (;;) {
    const checked = checkConfig(left, (path) => readFileSync(path, 'utf8'));
    if (checked.config !== undefined) return { config: checked.config, faults };
    faults.push(...checked.faults.map(({ message }) => message));
    const wrong = new Set(
      checked.faults.flatMap(({ message }) => message.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []),
    );
    const rest = Object.entries(left).filter(([name]) => !wrong.has(name));
    left = rest.length < Object.keys(left).length ? Object.fromEntries(rest) : {};
  }
}

/** Reads turnserver.conf; a wrong line is left out. */
export function readRelaySettings(path: string): RelayFacts {
  const { conf, faults, warnings } = checkTurnserverConf(path);
  const notes = warnings.map(({ line, message }) => `${path}:${line}: ${message}`);
  const isUnknown = (note: string) => note.includes(': unknown setting ');
  const certificate = faults.length === 0 ? certificateFault(conf, systemClock.now) : undefined;
  return {
    conf,
    path,
    isFile: existsSync(path),
    faults: [
      ...faults.map(({ message }) => message),
      ...notes.filter(isUnknown),
      ...(certificate === undefined ? [] : [`${path}: ${certificate}`]),
    ],
    notes: notes.filter((note) => !isUnknown(note)),
  };
}
