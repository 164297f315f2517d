import { describe, expect, it } from 'vitest';
import type { StorePlace } from './contract.ts';

const ROW = { domain: 'calls.example.org', directory: 'https://ca.example.org/', chain: 'chain', key: 'key' };

/** Tests how any store must keep certificates. */
export function certificatesContract(name: string, place: () => StorePlace): void {
  describe(`certificates in ${name}`, () => {
    it('are found by their domain, the last one of each, also in a store that is opened later', async () => {
      const where = place();
      const { certificates } = await where.open();
      expect(await certificates.find(ROW.domain)).toBeUndefined();
      await certificates.save(ROW);
      await certificates.save({ ...ROW, domain: 'other.example.org' });
      await certificates.save({
        ...ROW,
        directory: 'https://other.example.org/',
        chain: 'newer',
        key: 'other',
      });
      const later = (await where.open()).certificates;
      expect(await later.find(ROW.domain)).toEqual({
        ...ROW,
        directory: 'https://other.example.org/',
        chain: 'newer',
        key: 'other',
      });
      expect(await later.find('other.example.org')).toEqual({ ...ROW, domain: 'other.example.org' });
    });

    it('come with an account at each directory', async () => {
      const { certificates } = await place().open();
      expect(await certificates.accountKey(ROW.directory)).toBeUndefined();
      await certificates.saveAccountKey(ROW.directory, 'first');
      await certificates.saveAccountKey(ROW.directory, 'second');
      expect(await certificates.accountKey(ROW.directory)).toBe('second');
      expect(await certificates.accountKey('https://other.example.org/')).toBeUndefined();
    });
  });
}
