import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { uuidFrom } from '../../src/domain/uuid.ts';
import { UUID } from '../../src/protocol/fields.ts';

describe('a UUID', () => {
  it('has version and variant in their positions, whatever the bytes', () => {
    expect(uuidFrom(new Uint8Array(16), 0)).toBe('00000000-0000-4000-8000-000000000000');
    expect(uuidFrom(new Uint8Array(16).fill(0xff), 0)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });

  it('shows every other bit of its bytes in order', () => {
    const bytes = Uint8Array.from({ length: 18 }, (_, index) => 0x10 * (index % 16) + (index % 16));
    expect(uuidFrom(bytes, 2)).toBe('22334455-6677-4899-aabb-ccddeeff0011');
  });

  it("matches the contract's schema, and never repeats", () => {
    const ids = Array.from({ length: 1_000 }, () => uuidFrom(randomBytes(16), 0));
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(1_000);
  });
});
