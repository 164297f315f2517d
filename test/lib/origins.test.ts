import { describe, expect, it } from 'vitest';
import { allowOrigins } from '../../src/lib/origins.ts';

describe('allowOrigins', () => {
  it('[HT6] allows the same origin alone by default, whatever its scheme', () => {
    const allows = allowOrigins([]);
    expect(allows('http://localhost:3001', 'localhost:3001')).toBe(true);
    expect(allows('https://call.example.org', 'call.example.org')).toBe(true);
    expect(allows('https://call.example.org', 'Call.Example.org:443')).toBe(true);
    expect(allows('https://evil.example', 'call.example.org')).toBe(false);
    expect(allows('https://call.example.org:8443', 'call.example.org')).toBe(false);
    expect(allows('https://call.example.org.evil.example', 'call.example.org')).toBe(false);
  });

  it('[HT6] allows what is on the list, exactly', () => {
    const allows = allowOrigins(['https://app.example.org']);
    expect(allows('https://app.example.org', 'call.example.org')).toBe(true);
    expect(allows('http://app.example.org', 'call.example.org')).toBe(false);
    expect(allows('https://app.example.org.evil.example', 'call.example.org')).toBe(false);
  });

  it('refuses the opaque origin `null` and what is no origin', () => {
    const allows = allowOrigins([]);
    expect(allows('null', 'call.example.org')).toBe(false);
    expect(allows('', '')).toBe(false);
    expect(allows('file://', '')).toBe(false);
  });

  it('allows every page under `*`', () => {
    expect(allowOrigins(['*'])('null', 'call.example.org')).toBe(true);
  });
});
