"""Panjin: real county boundaries, and a made-up city administration drawn over them."""
