import { type Check, fail, ok, skip } from '../line.ts';

/** Every wrong line of turnserver.conf. What is wrong is left out in all other checks. */
export const relaySettings: Check = {
  id: 'relay_settings',
  tried: "read the relay's settings (turnserver.conf)",
  run({ settings, relay: { path, isFile, faults, notes } }) {
    if (faults.length > 0) {
      return fail(faults.join('\n'), `Correct these lines of ${path} (TURN_CONFIG), then restart Parley.`);
    }
    if (!isFile) return skip(`there is no ${path} (TURN_CONFIG), so the relay has its default settings`);
    if (!settings.config.turn.enabled) return ok(`${path} is valid, but TURN is off`);
    return ok([`${path} is valid`, ...notes].join('\n'));
  },
};
