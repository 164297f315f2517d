/** The English texts about how good the connections of a call are, and about what this person sends. */
export const quality = {
  cameraHeld: 'Video paused: their connection is slow',
  screenHeld: 'Screen paused: their connection is slow',
};
