/** Symbols that are looked at where none are named: four funds that follow the market, and well-known companies. */
export const WATCHED: readonly string[] = ['SPY', 'QQQ', 'DIA', 'IWM', 'AAPL', 'MSFT', 'AMZN', 'GOOGL', 'NVDA', 'META']
