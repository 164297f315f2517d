import type { Config } from './config/config.ts';
import { digestSettings } from './doctor/compared-settings.ts';
import type { Ids } from './domain/ids.ts';
import { descriptorLimit } from './lib/descriptors.ts';
import { DOCTOR_SECRET } from './lib/doctor-proof.ts';
import { silentLog } from './lib/log.ts';
import type { Store } from './store/contract.ts';
import { readTurnserverConf } from './turn/conf/turnserver-conf.ts';

interface DoctorParts {
  readonly config: Config;
  readonly store: Pick<Store, 'settings'>;
  readonly ids: Pick<Ids, 'secret'>;
}

/** What the server answers `parley doctor` with. */
export interface DoctorSource {
  readonly secret: string;
  /** Digests of settings, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** File descriptors that this process may open; Infinity if unknown. */
  readonly descriptors: number;
}

export async function startDoctor({ config, store, ids }: DoctorParts): Promise<DoctorSource> {
  const secret = await store.settings.getOrMake(DOCTOR_SECRET, ids.secret);
  const conf = readTurnserverConf(config.turn.configPath, silentLog);
  return { secret, settings: digestSettings(secret, config, conf), descriptors: descriptorLimit() };
}
