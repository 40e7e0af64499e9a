"""The straightforward way: one symbol after the other, requests.get, then execute_batch on a connection of its own. Written as a
consumer's request for a historical load has it; what it is measured against is the same work by `ohlcv fetch`.

python3 bench/sequential.py SYMBOLS START END, with MASSIVE_API_BASE_URL, MASSIVE_API_KEY and the PG... variables of libpq."""
import os
import sys
from contextlib import contextmanager
from datetime import datetime

import psycopg2
import requests
from psycopg2.extras import execute_batch


def call_massive_api(endpoint, params):
    url = f"{os.environ['MASSIVE_API_BASE_URL']}/v2/{endpoint}"
    return requests.get(url, params={**params, 'apiKey': os.environ['MASSIVE_API_KEY']}, timeout=30)


def fetch_custom_bars(symbol, multiplier, timespan, start, end):
    response = call_massive_api(f'aggs/ticker/{symbol}/range/{multiplier}/{timespan}/{start}/{end}', {'adjusted': 'true', 'sort': 'asc', 'limit': 50000})
    response.raise_for_status()
    bars = []
    for bar in response.json().get('results', []):
        bars.append({
            'date': datetime.fromtimestamp(bar['t'] / 1000),
            'open': bar['o'],
            'high': bar['h'],
            'low': bar['l'],
            'close': bar['c'],
            'volume': bar['v'],
        })
    return bars


@contextmanager
def get_db_connection():
    conn = psycopg2.connect('')
    try:
        yield conn
        conn.commit()
    except Exception:
        conn.rollback()
        raise
    finally:
        conn.close()


def insert_daily_bars(symbol, bars):
    if not bars:
        return 0
    with get_db_connection() as conn:
        cursor = conn.cursor()
        data = [
            (
                symbol,
                bar['date'].date() if hasattr(bar['date'], 'date') else bar['date'],
                float(bar['open']),
                float(bar['high']),
                float(bar['low']),
                float(bar['close']),
                int(bar['volume']),
            )
            for bar in bars
        ]
        execute_batch(cursor, """
            INSERT INTO ohlcv_daily (symbol, date, open, high, low, close, volume)
            VALUES (%s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (symbol, date) DO UPDATE SET
                open = EXCLUDED.open,
                high = EXCLUDED.high,
                low = EXCLUDED.low,
                close = EXCLUDED.close,
                volume = EXCLUDED.volume,
                created_at = NOW()
        """, data)
        cursor.close()
        return len(data)


def main():
    file, start, end = sys.argv[1:]
    with open(file) as lines:
        symbols = lines.read().split()[1:]
    print(sum(insert_daily_bars(symbol, fetch_custom_bars(symbol, 1, 'day', start, end)) for symbol in symbols))


main()
