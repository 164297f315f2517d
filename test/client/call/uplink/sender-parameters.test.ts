import { describe, expect, it } from 'vitest';
import { setSenderParameters } from '../../../../src/client/call/uplink/sender-parameters.ts';
import { FakeSender } from '../../support/fake-sender.ts';

describe('the parameters of a sender', () => {
  it('are set before the call returns, and what others have set stays', async () => {
    const sender = new FakeSender();
    const first = setSenderParameters(sender, { encoding: { priority: 'high' } });
    expect(sender.sets).toHaveLength(1);
    sender.settle();
    expect(await first).toBe(true);
    const second = setSenderParameters(sender, {
      encoding: { active: false },
      degradationPreference: 'maintain-resolution',
    });
    sender.settle();
    expect(await second).toBe(true);
    expect(sender.encoding).toEqual({ active: false, priority: 'high' });
    expect(sender.parameters.degradationPreference).toBe('maintain-resolution');
  });

  it('change one at a time, and wishes that come meanwhile go out together', async () => {
    const sender = new FakeSender();
    const turns = [
      setSenderParameters(sender, { encoding: { maxBitrate: 1 } }),
      setSenderParameters(sender, { encoding: { maxBitrate: 2 } }),
      setSenderParameters(sender, { encoding: { maxFramerate: 15 } }),
    ];
    expect(sender.sets).toHaveLength(1);
    await sender.settleAll();
    expect(await Promise.all(turns)).toEqual([true, true, true]);
    expect(sender.sets).toHaveLength(2);
    expect(sender.encoding).toMatchObject({ maxBitrate: 2, maxFramerate: 15 });
  });

  it('are read again and set again when a negotiation made them invalid', async () => {
    const sender = new FakeSender();
    const turn = setSenderParameters(sender, { encoding: { maxBitrate: 1 } });
    sender.fail(new DOMException('stale', 'InvalidModificationError'));
    await sender.settleAll();
    expect(await turn).toBe(true);
    expect(sender.sets).toHaveLength(2);
  });

  it('that a browser refuses are given up after three tries, and tried again with the next wish', async () => {
    const sender = new FakeSender();
    sender.refuses = true;
    expect(await setSenderParameters(sender, { encoding: { maxFramerate: 10 } })).toBe(false);
    expect(sender.sets).toHaveLength(3);
    sender.refuses = false;
    const turn = setSenderParameters(sender, { encoding: { active: true } });
    await sender.settleAll();
    expect(await turn).toBe(true);
    expect(sender.encoding).toMatchObject({ maxFramerate: 10, active: true });
  });

  it('are those of a first encoding if a browser shows none yet', async () => {
    const sender = new FakeSender([]);
    const turn = setSenderParameters(sender, { encoding: { active: false } });
    await sender.settleAll();
    expect(await turn).toBe(true);
    expect(sender.encoding).toEqual({ active: false });
  });
});
