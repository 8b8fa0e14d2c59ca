/** What of the shell is open. */
export const shell = $state({ palette: false, keys: false });
