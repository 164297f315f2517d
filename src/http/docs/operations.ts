import type { EndpointName } from '../../protocol/endpoint-types.ts';
import { ENDPOINTS, type Endpoint, type Who } from '../../protocol/endpoints.ts';

/** Pages that browsers get at the address of another endpoint. */
type BesideApi = {
  [Name in EndpointName]: (typeof ENDPOINTS)[Name] extends { readonly accept: 'text/html' } ? Name : never;
}[EndpointName];

/**
 * All endpoints but pages that share their address with another: `connect` tells of the call page too, and the console's
 * pages show what their neighbours answer.
 */
export type OperationName = Exclude<EndpointName, 'callPage' | BesideApi>;

export const TAGS = {
  accounts: 'Register, sign in, and keep tokens fresh.',
  users: 'Profiles and statuses.',
  rooms: 'Rooms and their settings.',
  places: 'Come into a room without a WebSocket, and see who is inside.',
  hosts: 'What hosts do: rights, bans, invitations, and who waits to be let in.',
  chat: 'What people write to each other in a room.',
  admin: 'What admins see of the server, and do to it and to its users.',
  control: 'What backends do: rooms, who comes into them, and messages to those inside.',
  server: 'Health, keys, ICE servers and files.',
  pages: 'What people open in a browser: HTML, not JSON.',
} as const;
export type Tag = keyof typeof TAGS;

/** What each operation does, in one line. */
export const OPERATIONS: Readonly<Record<OperationName, readonly [tag: Tag, summary: string]>> = {
  createGuest: ['accounts', 'Sign in as a new guest'],
  register: ['accounts', 'Register an account; a guest keeps its id and its rooms'],
  logIn: ['accounts', 'Sign in with e-mail address and password'],
  refreshTokens: ['accounts', 'Get a new pair of tokens for a refresh token'],
  logOut: ['accounts', 'End the login of this token'],
  getSelf: ['accounts', 'Get your own account'],
  changePassword: ['accounts', 'Change your password; all other logins end'],
  resetPassword: ['accounts', 'Set a new password by the token of a reset link'],
  setUp: ['accounts', 'Make the first admin'],
  listLogins: ['accounts', 'List where you are signed in'],
  endLogins: ['accounts', 'Sign out everywhere'],
  endLogin: ['accounts', 'Sign out in one place'],
  listInvites: ['accounts', 'List the invitations to register'],
  createInvite: ['accounts', 'Invite people to register'],
  deleteInvite: ['accounts', 'Take an invitation to register back'],
  startOidc: ['accounts', 'Sign in at the OpenID provider: redirects the browser there'],
  returnFromOidc: ['accounts', 'Where the OpenID provider sends the browser back to'],
  finishOidc: ['accounts', 'Get tokens for the code of an OpenID sign-in'],

  listUsers: ['users', 'List users, or find them by the beginning of a name'],
  getUser: ['users', 'Get a user'],
  editUser: ['users', 'Change a profile'],
  putUser: ['users', 'Change a profile, for clients without PATCH'],
  deleteUser: ['users', 'Delete a user'],
  setStatus: ['users', 'Say that you are online, idle, busy or hidden'],

  createRoom: ['rooms', 'Create a room'],
  createDefaultRoom: ['rooms', 'Create a room with default settings by following a link'],
  listRooms: ['rooms', 'List your own rooms and those that are listed'],
  getRoom: ['rooms', 'Get a room'],
  editRoom: ['rooms', 'Change the settings of a room'],
  deleteRoom: ['rooms', 'Delete a room; all inside are put out'],
  listCalls: ['rooms', 'List the past calls of a room'],

  connect: ['places', 'Get everything that joining a room takes'],
  joinRoom: ['places', 'Hold a place in a room until your WebSocket comes, or knock'],
  leaveRoom: ['places', 'Leave a room with all your sessions, or stop waiting for it'],
  listParticipants: ['places', 'List who is inside'],

  updateParticipant: ['hosts', 'Make somebody a host, or limit what they may send'],
  kickParticipant: ['hosts', 'Put somebody out, for now or for good'],
  listKnocks: ['hosts', 'List who waits to be let in'],
  answerKnock: ['hosts', 'Let somebody in, or refuse'],
  listBans: ['hosts', 'List who is banned'],
  liftBan: ['hosts', 'Lift a ban'],
  listInvitations: ['hosts', 'List the invitations into a room'],
  createInvitation: ['hosts', 'Invite people into a room'],
  deleteInvitation: ['hosts', 'Take an invitation into a room back'],

  listMessages: ['chat', 'Read the chat, a page at a time'],
  sendMessage: ['chat', 'Say something'],
  editMessage: ['chat', 'Edit a message of yours'],
  deleteMessage: ['chat', 'Delete a message'],
  addReaction: ['chat', 'React to a message'],
  removeReaction: ['chat', 'Take a reaction back'],

  createRoomWithId: ['control', 'Create a room under an id of your own, and add its first user'],
  addUser: ['control', 'Add a user to a room, before or after it connects'],
  removeUser: ['control', 'Put a user out of a room'],
  listPresence: ['control', 'List who is connected, in rooms and outside'],
  produce: ['control', 'Set what a user sends, and relay its offers'],
  stopProducing: ['control', 'Switch off all that a user sends'],
  consume: ['control', "Relay a user's answers to offers"],
  sendRoomMessage: ['control', 'Send a message to a user in a room, or to all inside'],

  getServerStatus: ['admin', 'Get how the server does'],
  listLiveRooms: ['admin', 'List the rooms that have somebody inside, and who that is'],
  setRole: ['admin', 'Make a user an admin, or take that back'],
  listUserLogins: ['admin', 'List where a user is signed in'],
  endUserLogins: ['admin', 'Sign a user out everywhere'],
  endUserLogin: ['admin', 'Sign a user out in one place'],
  createResetLink: ['admin', 'Make a link by which a user sets a new password'],
  listDeliveries: ['admin', 'List what webhooks were told, and to whom'],
  resendEvent: ['admin', 'Send an event to all webhooks again'],
  resumeWebhooks: ['admin', 'Take stopped webhooks up again'],
  listLimits: ['admin', 'List the limits that clients ran into'],
  listKeys: ['admin', 'List the keys that verify access tokens'],
  rotateKeys: ['admin', 'Sign access tokens with a new key'],
  createBackup: ['admin', 'Make a backup now'],

  getIceServers: ['server', 'Get STUN and TURN servers; with `for=test`, to try the relay with'],
  getJwks: ['server', 'Get the public keys that verify access tokens'],
  getHealth: ['server', 'Whether the process lives'],
  getReadiness: ['server', 'Whether the server takes new connections'],
  getMetrics: ['server', 'Get metrics for Prometheus'],
  getAsset: ['server', 'Get a file of the page'],
  getOpenApi: ['server', 'Get this API in OpenAPI 3.1'],
  getAsyncApi: ['server', 'Get the WebSocket in AsyncAPI 3.0'],
  getHandbookStyle: ['server', 'Get the style sheet of the handbook'],
  getSdk: ['server', 'Get the browser SDK, an ES module'],
  getWebComponent: ['server', 'Get the web component, a script'],
  getWebComponentTypes: ['server', "Get the web component's types"],
  getSdkTypes: ['server', "Get the SDK's types"],

  homePage: ['pages', 'Open the home page'],
  signInPage: ['pages', 'Open the page to sign in'],
  registerPage: ['pages', 'Open the page to register'],
  accountPage: ['pages', "Open the page of one's account"],
  setupPage: ['pages', 'Open the page that makes the first admin'],
  resetPage: ['pages', 'Open the page for a new password'],
  adminPage: ['pages', "Open the admin's console"],
  adminUsersPage: ['pages', "Open the console's list of users"],
  adminUserPage: ['pages', 'Open a user in the console'],
  adminInvitationsPage: ['pages', "Open the console's list of invitations"],
  testPage: ['pages', 'Open the page that tests the connection'],
  handbookPage: ['pages', 'Open the handbook'],
  handbookChapter: ['pages', 'Open a chapter of the handbook'],
};

/** Who may call it, in a sentence. */
export const WHO: Readonly<Record<Who, string>> = {
  all: 'For everybody, without a token.',
  user: 'For whoever has an access token.',
  host: 'For whoever runs the room.',
  self: 'For the user itself.',
  self_or_admin: 'For the user itself and admins.',
  admin: 'For admins.',
  service: 'For backends: a token with the role `service`.',
  service_or_user: 'For backends, with the role `service`, and for the user itself.',
  operator: 'For whoever runs the server: from the same machine, or with `METRICS_TOKEN`.',
};

/** Returns all operations, in the order of `OPERATIONS`. */
export function operationNames(): readonly OperationName[] {
  return (Object.keys(ENDPOINTS) as EndpointName[]).filter(isOperation).sort((a, b) => order(a) - order(b));
}

function isOperation(name: EndpointName): name is OperationName {
  const { accept }: Endpoint = ENDPOINTS[name];
  return name !== 'callPage' && accept !== 'text/html';
}

const ORDER: readonly string[] = Object.keys(OPERATIONS);

function order(name: string): number {
  return ORDER.indexOf(name);
}
