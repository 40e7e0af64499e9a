/** The URL of a superuser's maintenance database on the server under test. */
export async function testServer(): Promise<string> {
  const url = process.env['OHLCV_TEST_DATABASE_URL']
  if (!url) throw new Error('OHLCV_TEST_DATABASE_URL names the server to test with')
  return url
}
