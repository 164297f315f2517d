/** Whether the page may load a picture from there. */
export function isPictureAddress(address: string): boolean {
  return /^https:\/\/[^\s/?#@]+([/?#]\S*)?$/i.test(address) && URL.canParse(address);
}
