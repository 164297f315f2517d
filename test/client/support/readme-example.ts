import { codeBlock } from '../../support/documents.ts';

/** The example of a whole call in three lines, in TypeScript, as it stands in the guide. */
export function shortExample(): string {
  return codeBlock('src/client/README.md', 'ts');
}

/** The example of what a call is made of, in TypeScript, as it stands there. */
export function readmeExample(): string {
  return codeBlock('src/client/README.md', 'ts', 'getUserMedia');
}

/** The example of rooms in the SDK's guide, in TypeScript, as it stands there. */
export function roomsExample(): string {
  return codeBlock('src/client/README.md', 'ts', 'waitingRoom: true');
}

/** The example of accounts in the SDK's guide, in TypeScript, as it stands there. */
export function accountsExample(): string {
  return codeBlock('src/client/README.md', 'ts', 'restoreAccount');
}
