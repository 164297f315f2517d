import { describe, expect, it } from 'vitest';
import { randomIds } from '../../src/domain/ids.ts';

describe('secrets', () => {
  it('are 256 bits as base64url, all different, and share no parts', () => {
    const secrets = Array.from({ length: 1_000 }, () => randomIds.secret());
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const parts = secrets.flatMap((secret) => [secret.slice(0, 20), secret.slice(20, 40)]);
    expect(new Set(parts).size).toBe(2_000);
  });
});
