import { describe, expect, it } from 'vitest';
import { LIMIT_NAMES } from '../../../src/protocol/limit-names.ts';
import { en } from '../../../src/web/i18n/en.ts';
import { accounts as enAccounts } from '../../../src/web/i18n/en-accounts.ts';
import { admin as enAdmin } from '../../../src/web/i18n/en-admin.ts';
import { details as enDetails } from '../../../src/web/i18n/en-details.ts';
import { messagesFor } from '../../../src/web/i18n/messages.ts';
import { ru } from '../../../src/web/i18n/ru.ts';
import { accounts as ruAccounts } from '../../../src/web/i18n/ru-accounts.ts';
import { admin as ruAdmin } from '../../../src/web/i18n/ru-admin.ts';
import { details as ruDetails } from '../../../src/web/i18n/ru-details.ts';

/** Returns every text of a language by its dotted key. Functions are called with sample values. */
function textsOf(value: unknown, key = ''): [string, unknown][] {
  if (typeof value === 'function') return textsOf(value('1', 1, 1), key);
  if (typeof value !== 'object' || value === null) return [[key, value]];
  return Object.entries(value).flatMap(([name, inner]) =>
    textsOf(inner, key === '' ? name : `${key}.${name}`),
  );
}

describe('languages', () => {
  it('have the same keys', () => {
    const keys = (language: unknown) => textsOf(language).map(([key]) => key);
    expect(keys(ru)).toEqual(keys(en));
    expect(keys(ruAccounts)).toEqual(keys(enAccounts));
    expect(keys(ruAdmin)).toEqual(keys(enAdmin));
    expect(keys(ruDetails)).toEqual(keys(enDetails));
  });

  it.each([
    ['en', en],
    ['ru', ru],
    ['en (accounts)', enAccounts],
    ['ru (accounts)', ruAccounts],
    ['en (admin)', enAdmin],
    ['ru (admin)', ruAdmin],
    ['en (details)', enDetails],
    ['ru (details)', ruDetails],
  ])('%s has a text for every key', (_, language) => {
    expect(textsOf(language).filter(([, text]) => typeof text !== 'string' || text.trim() === '')).toEqual(
      [],
    );
  });

  it('Russian is written in Russian', () => {
    const same = [ru, ruAccounts, ruAdmin, ruDetails]
      .flatMap((language) => textsOf(language))
      .filter(([key, text]) => !/[а-яё]/i.test(String(text)) && key !== 'lang');
    expect(same.map(([key]) => key)).toEqual(['product', 'lobby.nth', 'call.title', 'logins.on', 'size']);
  });

  it('say what each limit is about that clients can run into', () => {
    expect(Object.keys(enAdmin.limits.names).sort()).toEqual([...LIMIT_NAMES].sort());
  });

  it.each([
    [['ru-RU', 'en'], 'ru'],
    [['RU'], 'ru'],
    [['de', 'ru'], 'ru'],
    [['en-GB', 'ru'], 'en'],
    [['de'], 'en'],
    [[], 'en'],
  ])('a browser that asks for %j gets %s', (wanted, lang) => {
    expect(messagesFor(wanted).lang).toBe(lang);
  });

  it.each([
    [0, 'Пока никого нет'],
    [1, 'Здесь уже 1 человек'],
    [2, 'Здесь уже 2 человека'],
    [5, 'Здесь уже 5 человек'],
    [11, 'Здесь уже 11 человек'],
    [21, 'Здесь уже 21 человек'],
    [22, 'Здесь уже 22 человека'],
  ])('Russian counts %i people right', (n, words) => {
    expect(ru.lobby.inside(n)).toBe(words);
  });

  it.each([
    [1, '1 секунду'],
    [3, '3 секунды'],
    [42, '42 секунды'],
    [60, '60 секунд'],
  ])('Russian waits %i seconds in the accusative', (n, words) => {
    expect(ru.seconds(n)).toBe(words);
  });

  it('English counts people right', () => {
    expect([0, 1, 2].map(en.lobby.inside)).toEqual([
      'Nobody is here yet',
      '1 person is here',
      '2 people are here',
    ]);
  });
});
