"""tagging/indicators"""
