/** Names this screen, so that it knows its own pushes from those of others. */
export const origin: string = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) =>
  b.toString(16).padStart(2, '0')
).join('');
