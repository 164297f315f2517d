import { describe, expect, it } from 'vitest';
import { allowOrigins, isEmbedOrigin, isOrigin } from '../../src/lib/origins.ts';

describe('allowOrigins', () => {
  it('[HT6] allows only the same origin by default, whatever its scheme', () => {
    const allows = allowOrigins([]);
    expect(allows('http://localhost:3001', 'localhost:3001')).toBe(true);
    expect(allows('https://call.example.org', 'call.example.org')).toBe(true);
    expect(allows('https://call.example.org', 'Call.Example.org:443')).toBe(true);
    expect(allows('https://evil.example', 'call.example.org')).toBe(false);
    expect(allows('https://call.example.org:8443', 'call.example.org')).toBe(false);
    expect(allows('https://call.example.org.evil.example', 'call.example.org')).toBe(false);
  });

  it('[HT6] allows exactly the origins on the list', () => {
    const allows = allowOrigins(['https://app.example.org']);
    expect(allows('https://app.example.org', 'call.example.org')).toBe(true);
    expect(allows('http://app.example.org', 'call.example.org')).toBe(false);
    expect(allows('https://app.example.org.evil.example', 'call.example.org')).toBe(false);
  });

  it('refuses the opaque origin `null` and text that is no origin', () => {
    const allows = allowOrigins([]);
    expect(allows('null', 'call.example.org')).toBe(false);
    expect(allows('', '')).toBe(false);
    expect(allows('file://', '')).toBe(false);
  });

  it('allows every page under `*`', () => {
    expect(allowOrigins(['*'])('null', 'call.example.org')).toBe(true);
  });

  it('[HT6] allows the origin of PUBLIC_URL whatever the Host header says, and not the one that Host names', () => {
    const allows = allowOrigins(['capacitor://localhost', 'null'], 'https://call.example.org');
    for (const host of ['call.example.org', '127.0.0.1:3001', 'parley', 'evil.example', '']) {
      expect(allows('https://call.example.org', host)).toBe(true);
      expect(allows('capacitor://localhost', host)).toBe(true);
      expect(allows('null', host)).toBe(true);
      for (const other of [
        'http://call.example.org',
        'https://call.example.org:8443',
        `http://${host}`,
        `https://${host}:1`,
      ]) {
        expect(allows(other, host)).toBe(false);
      }
    }
  });
});

describe('isOrigin', () => {
  const legal = [
    'https://example.org',
    'http://localhost:8080',
    'https://[2001:db8::1]:8443',
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://.',
    'file://',
    'chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb',
    'null',
  ];
  for (const origin of legal) it(`takes ${origin}`, () => expect(isOrigin(origin)).toBe(true));

  const wrong = [
    'https://example.org/',
    'https://example.org:443',
    'https://Example.org',
    'HTTPS://example.org',
    'https://',
    'example.org',
    'https://*.example.org',
    'capacitor://localhost/app',
    'Capacitor://localhost',
    'capacitor:localhost',
    'data:text/html',
    'javascript:alert(1)',
    'tauri://user@localhost',
    'NULL',
    '',
    ' null',
  ];
  for (const text of wrong) it(`refuses ${JSON.stringify(text)}`, () => expect(isOrigin(text)).toBe(false));
});

describe('isEmbedOrigin', () => {
  const legal = [
    'https://example.org',
    'https://*.example.org',
    'https://*.example.org:8443',
    'http://localhost:5173',
    'http://127.0.0.1:8080',
    'capacitor://localhost',
  ];
  for (const origin of legal) it(`[HT7] takes ${origin}`, () => expect(isEmbedOrigin(origin)).toBe(true));

  const wrong = [
    '*',
    'null',
    "'self'",
    'https:',
    'example.org',
    'https://*',
    'https://*example.org',
    'https://a.*.example.org',
    'https://example.org/',
    'https://example.org:443',
    'https://Example.org',
    'https://[::1]:8080',
    'https://example.org;script-src',
    'https://example.org https://other.example',
    'https://exa\nmple.org',
  ];
  for (const text of wrong)
    it(`[HT7] refuses ${JSON.stringify(text)}`, () => expect(isEmbedOrigin(text)).toBe(false));
});
