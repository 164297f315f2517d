import { type CheckedConfig, checkConfig } from './config/config.ts';
import type { ReadFile } from './config/secret-files.ts';
import type { Environment } from './config/settings.ts';
import type { Fault } from './domain/fault.ts';
import { systemClock } from './lib/clock.ts';
import { readPair } from './tls/pair-files.ts';
import { RELAY_CONF_DEFAULTS, type RelayConf } from './turn/conf/relay-conf.ts';
import { checkTurnserverConf } from './turn/conf/turnserver-conf.ts';
import { certificateFault } from './turn/thread/certificate-files.ts';

/** Everything that an operator has set, read as the start reads it. */
export interface CheckedSettings {
  /** What would refuse the start. */
  readonly faults: readonly Fault[];
  /** Lines that are ignored, or that coturn reads differently. */
  readonly warnings: readonly Fault[];
  readonly config: CheckedConfig['config'];
  /** What the lines that can be read say. */
  readonly relayConf: RelayConf;
}

/** Checks the variables, `turnserver.conf` and the relay's certificate. Starts nothing and changes nothing. */
export function checkSettings(environment: Environment, readFile: ReadFile): CheckedSettings {
  const { config, faults: wrong } = checkConfig(environment, readFile);
  const faults = [...wrong, ...pairFaults(config)];
  // `TURN_CONFIG` may be any text, so another wrong variable doesn't hide the file's faults.
  const path = config?.turn.configPath ?? checkConfig(onlyRelayOf(environment)).config?.turn.configPath;
  if (path === undefined) return { faults, warnings: [], config, relayConf: RELAY_CONF_DEFAULTS };
  const checked = checkTurnserverConf(path);
  const isOff = environment['TURN'] === 'off';
  return {
    faults: [...faults, ...checked.faults, ...(isOff ? [] : certificateFaults(checked.conf, path))],
    warnings: checked.warnings.map(({ line, message }) => {
      const at = `${path}:${line}`;
      return { at, message: `${at}: ${message}` };
    }),
    config,
    relayConf: checked.conf,
  };
}

function onlyRelayOf({ TURN_CONFIG }: Environment): Environment {
  return { TURN_CONFIG };
}

function pairFaults(config: CheckedConfig['config']): Fault[] {
  if (config?.tls?.source.kind !== 'files') return [];
  const { source, name } = config.tls;
  const checked = readPair(source.cert, source.key, { name, now: systemClock.now() });
  return 'fault' in checked ? [{ at: checked.at, message: checked.fault }] : [];
}

function certificateFaults(conf: RelayConf, path: string): Fault[] {
  const fault = certificateFault(conf, systemClock.now);
  return fault === undefined ? [] : [{ at: path, message: `${path}: ${fault}` }];
}
