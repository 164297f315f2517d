import { temporaryDatabase, temporaryStore } from '../support/server/database.ts';
import { storeContract } from './contract.ts';

storeContract('SQLite', () => {
  const path = temporaryDatabase();
  return { open: () => temporaryStore(path) };
});
