/** The English texts about who may see this person's address. */
export const privacy = {
  hide: 'Hide my IP address',
  hideText: 'Your video and audio pass through the server. They may take longer and look worse.',
  roomHides:
    'This call hides everyone’s IP address: video and audio pass through the server, so they may take longer.',
  noRelay: 'This server can’t hide addresses: it has no relay.',
};
