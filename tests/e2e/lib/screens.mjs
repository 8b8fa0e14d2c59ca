// Every screen worth a picture, and how to get there by hand.
const go = (page, hash) => page.evaluate((h) => { location.hash = h; }, hash);

export const screens = [
  { name: "01-today", open: async ({ page }) => { await go(page, "#/today"); await page.waitForSelector("[data-testid=today]"); } },
];
