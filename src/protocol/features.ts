/** Names of what this server can do, as `welcome` tells them [SE1]. They are only ever added. */
export const FEATURES: readonly string[] = [
  'chat',
  'knock',
  'data',
  'hand',
  'reactions',
  'places',
  'hosts',
  'invitations',
  'call-path',
];
