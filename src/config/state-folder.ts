import { dirname } from 'node:path';
import { type Environment, SETTINGS } from './settings.ts';

/**
 * Where this process keeps what it writes besides its database: the folder that systemd gives it, else that of the
 * database. Read before the settings are checked, because the check of some needs native code.
 */
export function stateFolder({ STATE_DIRECTORY, DATABASE_PATH }: Environment): string {
  // systemd separates several folders by colons.
  const [given = ''] = (STATE_DIRECTORY ?? '').split(':');
  if (given !== '') return given;
  const standard = SETTINGS.find(({ name }) => name === 'DATABASE_PATH')?.standard ?? '';
  return dirname(DATABASE_PATH || standard);
}
