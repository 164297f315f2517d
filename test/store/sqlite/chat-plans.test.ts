import { describe, expect, it } from 'vitest';
import { CHAT_SQL } from '../../../src/store/sqlite/chat.ts';
import { CHAT_WRITE_SQL } from '../../../src/store/sqlite/chat-writes.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const VALUES = {
  roomId: 'r',
  id: 'a',
  above: '',
  below: 'b',
  limit: 1,
  max: 1,
  upTo: 'b',
  surplus: 1,
  first: 'a',
  last: 'b',
  userId: 'u',
  peerId: 'p',
  displayName: 'd',
  message: 'm',
  replyTo: 'a',
  rootId: 'a',
  createdAt: 1,
  at: 1,
  emoji: 'e',
};

describe('messages in SQLite', () => {
  it.each(Object.entries({ ...CHAT_SQL, ...CHAT_WRITE_SQL }))(
    '[CH3] are found by an index, in its order, however many there are: %s',
    (_, sql) => {
      const path = temporaryDatabase();
      temporaryStore(path);
      const database = new Database(path, { readonly: true });
      const positions = sql.split('?').length - 1;
      const plan = database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...(sql.includes(':') ? [VALUES] : Array.from({ length: positions }, () => 'x')));
      database.close();
      const steps = plan.map(({ detail }) => detail).join('\n');
      expect(steps).not.toMatch(/^SCAN (messages|message_reactions|rooms|users)$|TEMP B-TREE/m);
      if (!/^INSERT INTO (message_reactions|cleared_chats)/.test(sql)) {
        expect(steps).toMatch(/SEARCH (messages|message_reactions) USING (PRIMARY KEY|(COVERING )?INDEX)/);
      }
    },
  );
});
