import { codeBlock } from '../../support/documents.ts';

/** The example of the SDK's guide, in TypeScript, as it stands there. */
export function readmeExample(): string {
  return codeBlock('src/client/README.md', 'ts');
}

/** The example of rooms in the SDK's guide, in TypeScript, as it stands there. */
export function roomsExample(): string {
  return codeBlock('src/client/README.md', 'ts', 1);
}

/** The example of accounts in the SDK's guide, in TypeScript, as it stands there. */
export function accountsExample(): string {
  return codeBlock('src/client/README.md', 'ts', 2);
}
