import { describe, expect, it, vi } from 'vitest';
import { ParleyError } from '../../src/domain/errors.ts';
import type { Identity } from '../../src/domain/identity.ts';
import { lend } from '../../src/lib/borrowed.ts';
import { LimitHits } from '../../src/lib/limit-hits.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { CloseCode } from '../../src/protocol/codes.ts';
import { ALL_WAITING_BYTES } from '../../src/signaling/session/waiting-line.ts';
import { createAdmission, EARLY_BYTES, MAX_UNVERIFIED } from '../../src/ws/admission.ts';
import { Connection } from '../../src/ws/connection.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { startGateway } from '../support/server/gateway.ts';
import { identity, stage } from '../support/server/hub.ts';
import { NOBODY_PUT_OUT } from '../support/server/room-tokens.ts';

/** A connection without a wire that shows `token`. */
class Dialed extends Connection {
  closedWith: CloseCode | undefined;

  constructor(token: string) {
    super({ token, resume: undefined, roomId: undefined }, '', (peer) => peer);
  }

  override get isOpen(): boolean {
    return this.closedWith === undefined;
  }

  override get isOver(): boolean {
    return this.closedWith !== undefined;
  }

  override send(): 'sent' {
    return 'sent';
  }

  override close(code: CloseCode): void {
    this.closedWith ??= code;
  }
}

/** An admission whose tokens are verified when the test says so, and what reached the inbox. */
function slowAdmission() {
  const { hub } = stage({ clock: new FakeClock() });
  const budget = hub.waiting;
  const clock = new FakeClock();
  const limitHits = new LimitHits(clock);
  const verdicts: ((verdict: Identity | ParleyError) => void)[] = [];
  const received: number[] = [];
  const admission = createAdmission({
    roomTokens: NOBODY_PUT_OUT,
    limitHits,
    hub: {
      ...hub,
      connect(arrival) {
        const session = hub.connect(arrival);
        vi.spyOn(session, 'receive').mockImplementation((bytes) => void received.push(bytes.length));
        return session;
      },
    },
    accounts: {
      remembered: () => undefined,
      verify: () =>
        new Promise((resolve, reject) => {
          verdicts.push((verdict) => (verdict instanceof ParleyError ? reject(verdict) : resolve(verdict)));
        }),
    },
    clock,
    log: silentLog,
  });
  const dial = (): Dialed => {
    const connection = new Dialed('token');
    admission.begin(connection);
    return connection;
  };
  return { admission, dial, verdicts, received, budget, clock };
}

describe('connections whose token is being verified', () => {
  it('are at most MAX_UNVERIFIED; the next is closed with 1013', () => {
    const { dial, verdicts, admission } = slowAdmission();
    const waiting = Array.from({ length: MAX_UNVERIFIED }, dial);
    expect(waiting.filter(({ isOpen }) => isOpen)).toHaveLength(MAX_UNVERIFIED);
    expect(dial().closedWith).toBe(1013);
    expect(verdicts).toHaveLength(MAX_UNVERIFIED);
    const [first] = waiting;
    if (first !== undefined) admission.forget(first);
    expect(dial().isOpen).toBe(true);
  });

  it('may each send at most EARLY_BYTES meanwhile', async () => {
    const { dial, admission, verdicts, received, budget, clock } = slowAdmission();
    const [polite, rude] = [dial(), dial()];
    admission.early(polite, lend(new Uint8Array(EARLY_BYTES)));
    admission.early(rude, lend(new Uint8Array(EARLY_BYTES)));
    expect(budget.bytes).toBe(2 * EARLY_BYTES);
    admission.early(rude, lend(new Uint8Array(1)));
    expect([polite.closedWith, rude.closedWith]).toEqual([undefined, 4103]);
    expect(budget.bytes).toBe(EARLY_BYTES);
    for (const verdict of verdicts) verdict(identity('ann', clock));
    await new Promise(setImmediate);
    expect(received).toEqual([EARLY_BYTES]);
    expect(budget.bytes).toBe(0);
  });

  it('may together send at most ALL_WAITING_BYTES, which are given back when they close', () => {
    const { dial, admission, budget } = slowAdmission();
    const most = ALL_WAITING_BYTES / EARLY_BYTES;
    const connections = Array.from({ length: most + 10 }, dial);
    for (const connection of connections) admission.early(connection, lend(new Uint8Array(EARLY_BYTES)));
    expect(connections.filter(({ isOpen }) => isOpen)).toHaveLength(most);
    expect(connections.at(-1)?.closedWith).toBe(1013);
    expect(budget.bytes).toBe(ALL_WAITING_BYTES);
    for (const connection of connections) admission.forget(connection);
    expect(budget.bytes).toBe(0);
  });

  it("close with 1013 when the trusted issuer's keys can't be fetched", async () => {
    const verify = () => Promise.reject(new ParleyError('unavailable', 'try again later'));
    const on = await startGateway({ accounts: { remembered: () => undefined, verify } });
    expect(await on.dial('theirs').closed).toEqual({ code: 1013, reason: 'try_again_later' });
    on.close();
  });
});
