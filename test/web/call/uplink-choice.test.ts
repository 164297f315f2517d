import { describe, expect, it } from 'vitest';
import { createUplinkChoice, rememberedUplink, UPLINK_OPTIONS } from '../../../src/web/call/uplink-choice.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { fakeCall, memoryStorage } from '../fakes.ts';

function setUp(prefs = createPrefs(memoryStorage())) {
  const { call, sent, emit } = fakeCall();
  const uplink = createUplinkChoice(call, prefs);
  const limits = () => sent.flatMap(([name, value]) => (name === 'setUplink' ? [value] : []));
  return { uplink, prefs, emit, limits };
}

describe('the choice of how much is sent', () => {
  it.each(UPLINK_OPTIONS)('%s takes effect at once, and in the next call', (option) => {
    const { uplink, prefs, limits } = setUp();
    uplink.choose(option);
    expect([uplink.limit.value, limits()]).toEqual([option, [option]]);
    const next = setUp(prefs);
    expect(next.uplink.limit.value).toBe(option);
    expect(next.limits()).toEqual(option === 'auto' ? [] : [option]);
  });

  it.each(['', '0', '750000', 'auto', 'Sound', '{}'])('is automatic if %j was stored', (stored) => {
    expect(rememberedUplink({ get: () => stored })).toBe('auto');
  });

  it('is not remembered if sound alone was to help out for a while', () => {
    const { uplink, prefs, limits } = setUp();
    uplink.choose(500_000);
    uplink.sendSoundOnly();
    expect([uplink.limit.value, rememberedUplink(prefs)]).toEqual(['sound', 500_000]);
    uplink.sendPictures();
    expect([uplink.limit.value, limits()]).toEqual([500_000, [500_000, 'sound', 500_000]]);
  });

  it('has a way back from sound alone in an earlier call', () => {
    const { uplink, prefs } = setUp();
    uplink.choose('sound');
    const next = setUp(prefs);
    next.uplink.sendPictures();
    expect([next.uplink.limit.value, rememberedUplink(prefs)]).toEqual(['auto', 'auto']);
  });

  it('follows a limit that came from elsewhere, until the end', () => {
    const { uplink, emit } = setUp();
    emit('uplink', { limit: 200_000, bitsPerSecond: null });
    expect(uplink.limit.value).toBe(200_000);
    uplink.close();
    emit('uplink', { limit: 'auto', bitsPerSecond: null });
    expect(uplink.limit.value).toBe(200_000);
  });
});
