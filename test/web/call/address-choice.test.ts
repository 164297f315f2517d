import { describe, expect, it } from 'vitest';
import { createAddressChoice, remembersHiding } from '../../../src/web/call/address-choice.ts';
import { createPrefs } from '../../../src/web/prefs.ts';

function choice(hasRelay: boolean) {
  const stored = new Map<string, string>();
  const prefs = createPrefs({
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
  });
  const call = {
    hidesAddress: false,
    setHideAddress(hides: boolean) {
      if (!hasRelay) throw new Error('no_relay');
      call.hidesAddress = hides;
    },
  };
  return { prefs, call, choice: createAddressChoice(call, prefs) };
}

describe('the choice to hide one’s address', () => {
  it('takes effect at once, and is remembered', () => {
    const { prefs, call, choice: own } = choice(true);
    own.choose(true);
    expect([call.hidesAddress, own.hides.value, remembersHiding(prefs)]).toEqual([true, true, true]);
    own.choose(false);
    expect([call.hidesAddress, own.hides.value, remembersHiding(prefs)]).toEqual([false, false, false]);
  });

  it('is refused by a server without a relay, and not remembered', () => {
    const { prefs, choice: own } = choice(false);
    own.choose(true);
    expect([own.hides.value, own.refused.value, remembersHiding(prefs)]).toEqual([false, true, false]);
  });
});
