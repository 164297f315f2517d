/** The emoji that the page offers as reactions, in the call and to messages. */
export const EMOJIS = ['👍', '❤️', '😂', '😮', '🎉', '👏'] as const;
