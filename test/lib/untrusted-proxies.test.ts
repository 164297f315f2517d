import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/lib/addresses.ts';
import { createLog } from '../../src/lib/log.ts';
import { createWarningAddressResolver, PROXIES_TOLD } from '../../src/lib/untrusted-proxies.ts';

describe('X-Forwarded-For of a proxy that is not trusted', () => {
  it.each(['127.0.0.1', '::ffff:10.1.2.3', '172.31.0.2', '192.168.1.1', '::1', 'fd00::7', '100.64.3.3'])(
    'is told of once when it comes from %s nearby, and is not believed',
    (peer) => {
      const { address, logged } = setUp();
      for (let n = 0; n < 3; n += 1) expect(address(peer, `198.51.100.${n}`)).not.toContain('198.51.100');
      expect(logged).toHaveLength(1);
      expect(logged[0]).toMatch(/"level":"warn".*TRUSTED_PROXIES/);
    },
  );

  it("isn't warned about if a stranger, a trusted proxy or nobody sends it", () => {
    const { address, logged } = setUp(['10.0.0.0/8']);
    expect(address('198.51.100.7', '192.0.2.1')).toBe('198.51.100.7');
    expect(address('10.0.0.1', '192.0.2.1')).toBe('192.0.2.1');
    expect(address('192.168.1.1', '')).toBe('192.168.1.1');
    expect(address('', '192.0.2.1')).toBe('');
    expect(logged).toEqual([]);
  });

  it('is warned about for a bounded number of peers', () => {
    const { address, logged } = setUp();
    for (let n = 0; n < 1_000; n += 1) address(`10.0.${n >> 8}.${n & 255}`, '192.0.2.1');
    expect(logged).toHaveLength(PROXIES_TOLD);
  });
});

function setUp(trusted: readonly string[] = []) {
  const logged: string[] = [];
  const log = createLog({ level: 'info', now: () => 0, write: (line) => logged.push(line) });
  const networks = trusted.flatMap((range) => parseNetwork(range) ?? []);
  return { address: createWarningAddressResolver(networks, log), logged };
}
